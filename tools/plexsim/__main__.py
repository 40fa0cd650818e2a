"""Command line: ``python -m tools.plexsim --movies 2000 --shows 50 --control --state-file sim.json``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading

from tools.plexsim.config import SimConfig
from tools.plexsim.library.library import Library
from tools.plexsim.simulator import PlexSim


def parser() -> argparse.ArgumentParser:
    """Return the command line parser."""
    result = argparse.ArgumentParser(prog="python -m tools.plexsim", description=__doc__)
    result.add_argument("--seed", type=int, default=1)
    result.add_argument("--movies", type=int, default=100)
    result.add_argument("--shows", type=int, default=10)
    result.add_argument("--seasons", type=int, default=2)
    result.add_argument("--episodes", type=int, default=5, help="episodes per season")
    result.add_argument("--collections", type=int, default=2)
    result.add_argument("--no-oddities", action="store_true", help="clean data only")
    result.add_argument("--more-oddities", action="store_true", help="also items that are odd in every known way")
    result.add_argument(
        "--recorded", nargs="*", default=[], metavar="FILE", help="recorded MediaContainer JSON instead"
    )
    result.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    result.add_argument(
        "--item-milliseconds",
        type=float,
        default=0.0,
        metavar="MS",
        help="the PMS works so long on each item of a batch (/library/metadata/1,2,3), in milliseconds",
    )
    result.add_argument(
        "--server-workers",
        type=int,
        default=0,
        metavar="N",
        help="the PMS works on so many requests at a time, a further one waits for a free worker (0: on all)",
    )
    result.add_argument("--host", default="127.0.0.1")
    result.add_argument("--pms-port", type=int, default=0)
    result.add_argument("--plextv-port", type=int, default=0)
    result.add_argument("--tls", metavar="DIR", help="serve HTTPS with the certificates in DIR (made when missing)")
    result.add_argument("--link-after", type=float, metavar="SECONDS", help="link every new PIN by itself")
    result.add_argument("--accept-jwt", action="store_true", help="the PMS accepts plex.tv JWTs")
    result.add_argument("--pictures", help="folder of JPEG files to serve for items: 12-thumb.jpg, 12-art.jpg")
    result.add_argument("--media-file", help="a video to serve for every part")
    result.add_argument("--theme-file", help="an mp3 to serve as the theme of every show")
    result.add_argument(
        "--dead-connection", action="append", default=[], metavar="URI", help="offered by /resources too"
    )
    result.add_argument("--prerender", action="store_true", help="render everything before serving (for benchmarks)")
    result.add_argument(
        "--other-movies",
        type=int,
        default=0,
        metavar="N",
        help="a second server with so many films at the same plex.tv, its control API one port above the first one's",
    )
    result.add_argument("--state-file", help="written as JSON when ready: URLs and ids")
    result.add_argument(
        "--control", action="store_true", help="serve the control API under /__sim__/ on the plex.tv port"
    )
    return result


def build(arguments: argparse.Namespace) -> PlexSim:
    """Return the simulator for parsed arguments."""
    if arguments.recorded:
        documents = []
        for path in arguments.recorded:
            with open(path, encoding="utf-8") as handle:
                documents.append(json.load(handle))
        library = Library.from_recorded(documents)
    else:
        library = Library.generate(
            seed=arguments.seed,
            movies=arguments.movies,
            shows=arguments.shows,
            seasons=arguments.seasons,
            episodes=arguments.episodes,
            oddities="more" if arguments.more_oddities else not arguments.no_oddities,
            collections=arguments.collections,
        )
    return PlexSim(
        library,
        SimConfig(
            host=arguments.host,
            pms_port=arguments.pms_port,
            plextv_port=arguments.plextv_port,
            latency=arguments.latency,
            item_milliseconds=arguments.item_milliseconds,
            server_workers=arguments.server_workers,
            accepts_jwt=arguments.accept_jwt,
            tls_dir=arguments.tls,
            link_after=arguments.link_after,
            media_file=arguments.media_file,
            theme_file=arguments.theme_file,
            pictures=arguments.pictures,
            dead_connections=arguments.dead_connection,
            control=arguments.control,
            prerender=arguments.prerender,
        ),
    )


def build_other(arguments: argparse.Namespace, beside: PlexSim) -> PlexSim:
    """Return the second server, whose ports follow those of the first one."""
    return PlexSim(
        Library.generate(seed=arguments.seed + 1, movies=arguments.other_movies, shows=0, oddities=False),
        SimConfig(
            host=arguments.host,
            pms_port=arguments.pms_port and arguments.pms_port + 1,
            plextv_port=arguments.plextv_port and arguments.plextv_port + 1,
            latency=arguments.latency,
            server_name="Other Server",
            machine_identifier="0be5" * 10,
            shared_by="Friend",
            media_file=arguments.media_file,
            control=arguments.control,
        ),
        beside=beside,
    )


def state_of(sim: PlexSim) -> dict[str, object]:
    """Return what the state file says of a server."""
    return {
        "plex_tv_url": sim.plex_tv_url,
        "pms_url": sim.pms_url,
        "machine_identifier": sim.machine_identifier,
        "owner_token": sim.owner_token,
        "pid": os.getpid(),
        "control_url": sim.plex_tv_url + "/__sim__/",
        "sections": [
            {"id": section.id, "type": section.type, "title": section.title}
            for section in sim.library.sections.values()
        ],
    }


def main(argv: list[str] | None = None) -> int:
    """Serve until interrupted."""
    arguments = parser().parse_args(argv)
    sim = build(arguments).start()
    state = state_of(sim)
    other = build_other(arguments, sim).start() if arguments.other_movies else None
    if other is not None:
        state["other"] = state_of(other)
    text = json.dumps(state, indent=1)
    if arguments.state_file:
        with open(arguments.state_file + ".part", "w", encoding="utf-8") as handle:
            handle.write(text)
        os.replace(arguments.state_file + ".part", arguments.state_file)
    print(text, flush=True)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    done.wait()
    if other is not None:
        other.stop()
    sim.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

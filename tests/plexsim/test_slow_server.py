"""A PMS with few processors: it works on so many requests at a time, for so long on each item of a batch."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

BATCH = "/library/metadata/1,2,3,4,5,6,7,8,9,10"


def seconds(client, paths):
    begun = time.monotonic()
    with ThreadPoolExecutor(len(paths)) as pool:
        list(pool.map(client.get, paths))
    return time.monotonic() - begun


@pytest.mark.parametrize(("workers", "rounds"), [(1, 4), (2, 2), (4, 1), (0, 1)])
def test_batches_wait_for_a_free_worker(client, sim, workers, rounds):
    sim.config.item_milliseconds = 20
    sim.config.server_workers = workers
    taken = seconds(client, [BATCH] * 4)
    assert taken >= rounds * 0.2
    assert sim.stats()["requests"] >= 4


def test_a_listing_is_little_work(client, sim):
    sim.config.item_milliseconds = 1000
    sim.config.server_workers = 1
    assert len(client.keys("/library/sections/1/all?type=1")) == 60


def test_what_waits_is_answered_when_who_came_before_has_given_up(client, sim):
    sim.config.item_milliseconds = 30
    sim.config.server_workers = 1
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.get, BATCH)
        with pytest.raises(requests.Timeout):
            requests.get(sim.pms_url + BATCH, headers=client.session.headers, timeout=0.05)
        assert slow.result()["size"] == 10
    assert client.get("/library/metadata/2")["size"] == 1

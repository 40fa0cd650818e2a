"""HTTP of both servers: requests and answers, routes, ports, gzip, certificates, simulated faults, the log."""

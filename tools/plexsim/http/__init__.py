"""What both servers speak: requests and answers, routes, ports, gzip, certificates, faults on demand, the log."""

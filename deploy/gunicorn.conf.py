"""The web server: few processes with threads, for pages that wait for the database more than they compute."""

import os

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
accesslog = None  # addresses hold the ids of cases; the product keeps its own log without them
control_socket_disable = True  # its default place is one per user: the two web processes would share it
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108

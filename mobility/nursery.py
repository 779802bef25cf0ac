"""Loaded first by the process that child processes are forked from; nothing else imports this.

A signal that stops the service reaches that process too. Were it to end at once, a child that is
still computing would look broken and its job failed, while a job whose worker is gone is taken up
again; it ends when the service does.
"""

import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)

# @summary The name of a systemd unit, such as `docker.service`.
type Logstream::Unit = Pattern[/\A[A-Za-z0-9:_.@-]+\.(service|socket|target)\z/]

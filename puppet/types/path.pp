# @summary An absolute path that means the same to Docker, systemd and a shell.
type Logstream::Path = Pattern[/\A(\/[A-Za-z0-9._+-]+)+\z/]

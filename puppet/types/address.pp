# @summary An IPv4 address of the host; `0.0.0.0` for all.
type Logstream::Address = Pattern[/\A((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.(?!\z)|\z)){4}\z/]

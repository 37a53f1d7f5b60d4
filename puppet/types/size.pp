# @summary An amount of memory as Docker writes it, such as `160m` or `1g`.
type Logstream::Size = Pattern[/\A[1-9][0-9]*[mg]\z/]

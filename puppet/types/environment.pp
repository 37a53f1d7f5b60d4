# @summary Environment variables, one line each.
type Logstream::Environment = Hash[Pattern[/\A[A-Za-z_][A-Za-z0-9_]*\z/], Pattern[/\A[^\r\n]*\z/]]

# @summary The agent's settings: sections, each with its keys. What they may be, `logstream check` knows.
type Logstream::Settings = Hash[Pattern[/\A[a-z][a-z0-9_]*\z/], Hash[Pattern[/\A[a-z][a-z0-9_]*\z/], Data]]

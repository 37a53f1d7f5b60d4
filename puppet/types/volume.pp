# @summary What else of the host the agent sees: `/HOST/PATH:/CONTAINER/PATH`, with `:ro` behind it if it only reads.
type Logstream::Volume = Pattern[/\A(\/[A-Za-z0-9._+-]+)+:(\/[A-Za-z0-9._+-]+)+(:ro)?\z/]

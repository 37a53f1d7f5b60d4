# @summary An image's name with a tag, a digest or both. Each version has a name of its own: one that moves, such as
#   `latest`, is fetched once and stays.
type Logstream::Image = Pattern[/\A([A-Za-z0-9.-]+(:[0-9]+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127}|(:\w[\w.-]{0,127})?@sha256:[0-9a-f]{64})\z/]

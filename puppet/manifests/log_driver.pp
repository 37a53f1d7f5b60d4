# @summary Makes `fluentd` the log driver of every container that is made from now on and names no other.
#
# It changes `log-driver` and `log-opts` in Docker's `daemon.json`, and nothing else there. Docker reads them when it
# starts. Containers that are there already keep the driver they were made with.
#
# @example
#   include logstream
#   include logstream::log_driver
#
# @param ensure
#   `absent` gives Docker its own default back, if the default is `fluentd`.
# @param daemon_json
#   Docker's configuration.
# @param options
#   The driver's options; levels of Hiera are merged. All other `log-opts` go, for a driver refuses those of another.
# @param restart_docker
#   Whether Docker is restarted when the default has changed: without `live-restore` that stops every container.
class logstream::log_driver (
  Enum['present', 'absent']                     $ensure,
  Logstream::Path                               $daemon_json,
  Hash[Pattern[/\A[a-z][a-z0-9-]*\z/], String]  $options,
  Boolean                                       $restart_docker,
) {
  logstream_log_driver { $daemon_json:
    ensure  => $ensure,
    options => $options,
  }

  # Containers are told to use the agent when it runs, and told no longer before it goes.
  if $ensure == 'present' {
    Service <| title == 'logstream' |> -> Logstream_log_driver[$daemon_json]
  } else {
    Logstream_log_driver[$daemon_json] -> Service <| title == 'logstream' |>
  }

  if $restart_docker {
    exec { 'logstream: restart docker':
      command     => 'systemctl restart docker.service',
      path        => ['/usr/bin', '/bin'],
      refreshonly => true,
      subscribe   => Logstream_log_driver[$daemon_json],
    }
  }
}

# @summary Runs the Logstream agent in a container: every line a container writes reaches Kinesis.
#
# The defaults are in the module's `data/`.
#
# @example A host whose fact `logstream_name` names the stream
#   include logstream
#
# @example The same in Hiera, with settings of its own
#   logstream::image: registry.example.com/logstream:0.1.0
#   logstream::settings:
#     kinesis:
#       stream: logs
#       region: eu-west-1
#     record:
#       tags: ['grid', 'grid.**']
#
# @param ensure
#   `absent` stops the agent and removes what the module has made, except for `data_dir` with the buffer.
# @param image
#   The agent's image, with a tag or a digest. A new one replaces the container; the old one goes on when the new one
#   refuses the configuration.
# @param image_archive
#   A file on the host, made by `docker save`, that has `image`: it is loaded instead of pulled.
# @param docker
#   The program `docker`.
# @param docker_service
#   The unit of the Docker engine.
# @param docker_package
#   The package that brings Docker, for `manage_docker`.
# @param manage_docker
#   Whether `docker_package` is installed and `docker_service` started and enabled.
# @param settings
#   The agent's settings, as its README lists them. Levels of Hiera are merged and their lists joined; `--x` in a list
#   takes x out. A key that is `~` is left to the agent's default. Wrap them in `Sensitive` when they hold secrets.
#   Without `kinesis.stream` the fact `logstream_name` names the stream.
# @param environment
#   Environment variables of the agent, for `${NAME}` in settings and for the AWS SDK.
# @param config_dir
#   The folder of the configuration on the host; in the container it is `/etc/logstream`. Other files that the agent
#   reads, such as certificates, may be put there.
# @param data_dir
#   The folder on the host that keeps the buffer; in the container it is `/var/lib/logstream`.
# @param uid
#   The user that the agent runs as, by number; it owns `data_dir`.
# @param gid
#   The group that the agent runs as, by number; it may read `config_dir`.
# @param network
#   `host` shares the host's network; `mapped` gives the agent one of its own, with both ports mapped.
# @param address
#   The host's address where containers' lines are taken.
# @param port
#   The host's port where containers' lines are taken.
# @param monitor_address
#   The host's address of health and metrics.
# @param monitor_port
#   The host's port of health and metrics.
# @param memory
#   How much memory the agent may have; there is no swap for it.
# @param cpus
#   How many CPUs the agent may use; no more than the host has.
# @param nofile
#   How many files and connections the agent may have open.
# @param start_timeout
#   Seconds until the port must be open.
# @param stop_timeout
#   Seconds that the agent has for an orderly end; more than its setting `shutdown.grace`.
# @param volumes
#   What else of the host the agent sees, such as the folder of a UNIX socket.
# @param starts_before
#   Units that start containers: the agent's port is open before they start.
class logstream (
  Enum['present', 'absent']                                          $ensure,
  Logstream::Image                                                   $image,
  Optional[Logstream::Path]                                          $image_archive,
  Logstream::Path                                                    $docker,
  Logstream::Unit                                                    $docker_service,
  Optional[String[1]]                                                $docker_package,
  Boolean                                                            $manage_docker,
  Variant[Logstream::Settings, Sensitive[Logstream::Settings]]       $settings,
  Variant[Logstream::Environment, Sensitive[Logstream::Environment]] $environment,
  Logstream::Path                                                    $config_dir,
  Logstream::Path                                                    $data_dir,
  Integer[1, 4294967294]                                             $uid,
  Integer[1, 4294967294]                                             $gid,
  Enum['host', 'mapped']                                             $network,
  Logstream::Address                                                 $address,
  Integer[1, 65535]                                                  $port,
  Logstream::Address                                                 $monitor_address,
  Integer[1, 65535]                                                  $monitor_port,
  Logstream::Size                                                    $memory,
  Variant[Integer[1], Float[0.1]]                                    $cpus,
  Integer[1024, 1048576]                                             $nofile,
  Integer[1, 3600]                                                   $start_timeout,
  Integer[1, 3600]                                                   $stop_timeout,
  Array[Logstream::Volume]                                           $volumes,
  Array[Logstream::Unit]                                             $starts_before,
) {
  contain logstream::install
  contain logstream::config
  contain logstream::service

  if $ensure == 'present' {
    Class['logstream::install'] -> Class['logstream::config'] -> Class['logstream::service']
  } else {
    Class['logstream::service'] -> Class['logstream::config'] -> Class['logstream::install']
  }
}

# @summary Runs the container by a systemd unit. A changed configuration is loaded by the running agent; a changed unit
#   replaces the container.
#
# @api private
class logstream::service {
  if $caller_module_name != $module_name {
    fail("${title} is private: include logstream")
  }

  $unit = '/etc/systemd/system/logstream.service'

  if $logstream::ensure == 'present' {
    $config = $logstream::config::config
    $network = $logstream::network ? {
      'host'   => ['--network=host'],
      'mapped' => [
        "--publish=${logstream::address}:${logstream::port}:24224",
        "--publish=${logstream::monitor_address}:${logstream::monitor_port}:24220",
      ],
    }

    # Also the new image, with the new environment, must take the configuration.
    file { $unit:
      ensure       => file,
      owner        => 'root',
      group        => 'root',
      mode         => '0644',
      validate_cmd => "${logstream::config::check} ${config}",
      content      => epp('logstream/logstream.service.epp', {
          'docker'              => $logstream::docker,
          'docker_service'      => $logstream::docker_service,
          'starts_before'       => $logstream::starts_before,
          'image'               => $logstream::image,
          'config_dir'          => $logstream::config_dir,
          'environment'         => $logstream::config::environment,
          # Docker reads it when the container is made: another one is another container.
          'environment_version' => sha256(String($logstream::environment.unwrap))[0, 16],
          'data_dir'            => $logstream::data_dir,
          'uid'                 => $logstream::uid,
          'gid'                 => $logstream::gid,
          'network'             => $network,
          'address'             => $logstream::address,
          'port'                => $logstream::port,
          'memory'              => $logstream::memory,
          'cpus'                => $logstream::cpus,
          'nofile'              => $logstream::nofile,
          'start_timeout'       => $logstream::start_timeout,
          'stop_timeout'        => $logstream::stop_timeout,
          'volumes'             => $logstream::volumes,
      }),
    }
    # Before the service: an agent that was just started has read the new file already.
    -> exec { 'logstream reload':
      command     => "${logstream::docker} kill -s HUP logstream",
      onlyif      => 'systemctl is-active --quiet logstream.service',
      path        => ['/usr/bin', '/bin'],
      refreshonly => true,
      subscribe   => File[$config],
    }
    -> service { 'logstream':
      ensure    => running,
      enable    => true,
      subscribe => File[$unit],
    }
  } else {
    service { 'logstream':
      ensure => stopped,
      enable => false,
    }
    -> file { $unit:
      ensure => absent,
    }
  }
}

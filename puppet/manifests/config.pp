# @summary Writes the configuration, which the image has checked before it replaces the old one.
#
# @api private
class logstream::config {
  if $caller_module_name != $module_name {
    fail("${title} is private: include logstream")
  }

  $config_dir = $logstream::config_dir
  $config = "${config_dir}/logstream.yml"
  $environment = "${config_dir}/environment"

  if $logstream::ensure == 'present' {
    $settings = $logstream::settings.unwrap
    $network = $logstream::network ? {
      'host'   => {
        'forward' => { 'listen' => ["tcp://${logstream::address}:${logstream::port}"] },
        'monitor' => { 'bind' => $logstream::monitor_address, 'port' => $logstream::monitor_port },
      },
      # Ports are mapped to these; who reaches them, the mapping says.
      'mapped' => {
        'forward' => { 'listen' => ['tcp://0.0.0.0:24224'] },
        'monitor' => { 'bind' => '0.0.0.0', 'port' => 24220 },
      },
    }
    $stream = $facts['logstream_name'] ? {
      String[1] => { 'kinesis' => { 'stream' => $facts['logstream_name'] } },
      default   => {},
    }
    $configuration = logstream::configuration($settings, $network + $stream)
    unless $configuration.dig('kinesis', 'stream') {
      fail('no stream: set kinesis.stream in logstream::settings, or give the host the fact logstream_name')
    }
    $text = epp('logstream/logstream.yml.epp', { 'yaml' => logstream::to_yaml($configuration) })
    $content = $logstream::settings ? {
      Sensitive => Sensitive($text),
      default   => $text,
    }

    # It reads what the agent may read, and reaches nothing: root, for the new file is not the agent's yet. The new file
    # is beside the old one, and Puppet gives its name as it is on the host.
    $volumes = unique(["${config_dir}:/etc/logstream:ro", "${config_dir}:${config_dir}:ro"]) + $logstream::volumes
    $check = [
      $logstream::docker, 'run --rm --log-driver=none --network=none --user=0:0 --read-only',
      '--cap-drop=ALL --cap-add=DAC_READ_SEARCH --security-opt=no-new-privileges',
      "--memory=${logstream::memory} --env-file=${environment}",
      $volumes.map |$volume| { "--volume=${volume}" },
      $logstream::image, 'check',
    ].flatten.join(' ')

    file {
      $logstream::data_dir:
        ensure => directory,
        owner  => $logstream::uid,
        group  => $logstream::gid,
        mode   => '0750',
        ;
      $config_dir:
        ensure => directory,
        owner  => 'root',
        group  => $logstream::gid,
        mode   => '0750',
        ;
      $environment:
        ensure  => file,
        owner   => 'root',
        group   => 'root',
        mode    => '0600',
        content => Sensitive(epp('logstream/environment.epp', { 'environment' => $logstream::environment.unwrap })),
        ;
      $config:
        ensure       => file,
        owner        => 'root',
        group        => $logstream::gid,
        mode         => '0640',
        content      => $content,
        validate_cmd => "${check} %",
        require      => File[$environment],
        ;
    }
  } else {
    # The buffer stays, and so does whatever else was put beside the configuration.
    file { [$config, $environment]:
      ensure => absent,
      backup => false,
    }
    -> exec { "rmdir ${config_dir}":
      onlyif   => "test -d ${config_dir} && test -z \"$(ls -A ${config_dir})\"",
      path     => ['/usr/bin', '/bin'],
      provider => shell,
    }
  }
}

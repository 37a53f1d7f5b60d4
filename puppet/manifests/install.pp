# @summary Brings the image, and Docker if asked to.
#
# @api private
class logstream::install {
  if $caller_module_name != $module_name {
    fail("${title} is private: include logstream")
  }

  $docker = $logstream::docker
  $image = $logstream::image
  $inspect = "${docker} image inspect --format ok ${image}"

  if $logstream::ensure == 'present' {
    if $logstream::manage_docker {
      unless $logstream::docker_package {
        fail("logstream::docker_package is not known for ${facts['os']['name']}")
      }
      package { $logstream::docker_package:
        ensure => installed,
      }
      -> service { $logstream::docker_service:
        ensure => running,
        enable => true,
        before => Exec['logstream image'],
      }
    }

    $fetch = $logstream::image_archive ? {
      undef   => "${docker} pull --quiet ${image}",
      default => "${docker} load --quiet --input ${logstream::image_archive}",
    }
    # An archive that has some other image is told at once.
    exec { 'logstream image':
      command  => "${fetch} && ${inspect}",
      unless   => $inspect,
      provider => shell,
      timeout  => 900,
    }
  } else {
    exec { 'logstream image':
      command  => "${docker} image rm ${image}",
      onlyif   => $inspect,
      provider => shell,
    }
  }
}

# frozen_string_literal: true

require 'json'
require 'rspec-puppet'
require 'tmpdir'

MODULE = File.expand_path('..', __dir__)

# Puppet finds a module by the name of its folder, and this one's folder has another.
modules = Dir.mktmpdir('logstream-modules')
File.symlink(MODULE, File.join(modules, 'logstream'))
at_exit { FileUtils.remove_entry(modules) }

# Types, providers, functions and facts are found as they are on a host.
$LOAD_PATH.unshift(File.join(MODULE, 'lib'))

RSpec.configure do |config|
  config.module_path = modules
  config.hiera_config = File.join(MODULE, 'spec/hiera.yaml')
  config.strict_variables = true
  # It would make folders in here, and a link by which every test is found twice.
  config.setup_fixtures = false
end

# The systems that metadata.json says are supported, each with the facts that the module asks for.
module Systems
  FAMILIES = { 'Debian' => 'Debian', 'Ubuntu' => 'Debian', 'Amazon' => 'RedHat', 'RedHat' => 'RedHat' }.freeze
  PACKAGES = { 'Debian' => 'docker.io', 'Ubuntu' => 'docker.io', 'Amazon' => 'docker', 'RedHat' => 'docker-ce' }.freeze

  def self.each
    JSON.parse(File.read(File.join(MODULE, 'metadata.json')))['operatingsystem_support'].each do |system|
      name = system['operatingsystem']
      system['operatingsystemrelease'].each do |release|
        yield "#{name} #{release}", facts(name, release), PACKAGES.fetch(name)
      end
    end
  end

  def self.facts(name = 'Debian', release = '12')
    {
      'os' => { 'name' => name, 'family' => FAMILIES.fetch(name), 'release' => { 'full' => release, 'major' => release[/\d+/] } },
      'kernel' => 'Linux',
      'path' => '/usr/bin:/bin',
      'service_provider' => 'systemd',
      'logstream_name' => 'logs'
    }
  end
end

# Files that others read, compared byte for byte. GOLDEN_WRITE=1 writes them anew.
module Golden
  def self.file(name, actual)
    path = File.join(MODULE, 'spec/golden', name)
    File.write(path, actual) if ENV['GOLDEN_WRITE'] == '1'
    File.read(path)
  end
end

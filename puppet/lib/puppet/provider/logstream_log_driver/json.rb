# frozen_string_literal: true

require 'fileutils'
require 'json'

Puppet::Type.type(:logstream_log_driver).provide(:json) do
  desc "Reads and writes Docker's daemon.json. A file that is no JSON object is told, and left as it is."

  def exists?
    settings['log-driver'] == 'fluentd'
  end

  def create
    write(settings.merge('log-driver' => 'fluentd', 'log-opts' => resource[:options] || {}))
  end

  # The file goes, too, when nothing is left to say.
  def destroy
    rest = settings.reject { |key, _| ['log-driver', 'log-opts'].include?(key) }
    rest.empty? ? File.delete(resource[:path]) : write(rest)
  end

  def options
    settings.fetch('log-opts', {})
  end

  def options=(options)
    write(settings.merge('log-opts' => options))
  end

  private

  def settings
    return {} unless File.exist?(resource[:path])

    text = File.read(resource[:path])
    # Docker takes an empty file for no settings.
    found = text.strip.empty? ? {} : JSON.parse(text)
    raise Puppet::Error, "#{resource[:path]} is no JSON object; it was left as it is" unless found.is_a?(Hash)

    found
  rescue JSON::ParserError => e
    raise Puppet::Error, "#{resource[:path]} is no JSON, and was left as it is: #{e.message}"
  end

  def write(settings)
    FileUtils.mkdir_p(File.dirname(resource[:path]))
    Puppet::Util.replace_file(resource[:path], 0o644) { |file| file.write("#{JSON.pretty_generate(settings)}\n") }
  end
end

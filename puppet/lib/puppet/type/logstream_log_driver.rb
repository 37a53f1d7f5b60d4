# frozen_string_literal: true

Puppet::Type.newtype(:logstream_log_driver) do
  @doc = <<-DOC
    @summary Makes `fluentd` Docker's default log driver, in its `daemon.json`. All other keys of the file stay.

    The class `logstream::log_driver` is the usual way to it.
  DOC

  ensurable do
    desc 'Whether `fluentd` is the default.'
    defaultvalues
    defaultto :present
  end

  newparam(:path, namevar: true) do
    desc "Docker's configuration, an absolute path."

    validate do |value|
      raise ArgumentError, "#{value} is not an absolute path" unless Puppet::Util.absolute_path?(value)
    end
  end

  newproperty(:options) do
    desc "The driver's options, all of them: names and texts."

    validate do |value|
      texts = value.is_a?(Hash) && value.all? { |name, text| name.is_a?(String) && text.is_a?(String) }
      raise ArgumentError, "options must be a hash of texts, not #{value.inspect}" unless texts
    end

    # Options differ or they do not; their order is nothing to Docker.
    def insync?(current)
      current == should
    end
  end
end

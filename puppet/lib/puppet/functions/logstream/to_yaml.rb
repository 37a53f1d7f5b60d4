# frozen_string_literal: true

require 'yaml'

# Settings as YAML. One that is `~` is left out: the agent's default holds.
#
# @api private
Puppet::Functions.create_function(:'logstream::to_yaml') do
  # @param settings sections with their keys
  # @return [String] YAML, ending in a line feed
  dispatch :to_yaml do
    param 'Logstream::Settings', :settings
    return_type 'String'
  end

  def to_yaml(settings)
    # The agent's YAML is a file of its own: without the line that begins a document, and without folded lines.
    set(settings).to_yaml(line_width: -1).delete_prefix("---\n").delete_prefix('--- ')
  end

  def set(value)
    case value
    when Hash then value.reject { |_, inner| inner.nil? }.transform_values { |inner| set(inner) }
    when Array then value.map { |inner| set(inner) }
    else value
    end
  end
end

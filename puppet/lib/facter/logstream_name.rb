# frozen_string_literal: true

# The name of the host's Kinesis stream. An external fact of this name, such as a line logstream_name=logs in
# /etc/facter/facts.d/logstream.txt, comes before all of these.
Facter.add(:logstream_name) do
  # EC2: the instance's tag logstream_name, where the metadata service may show tags.
  has_weight 20
  setcode do
    metadata = Facter.value(:ec2_metadata)
    name = metadata.is_a?(Hash) ? metadata.dig('tags', 'instance', 'logstream_name') : nil
    name.to_s.strip.empty? ? nil : name.strip
  end
end

Facter.add(:logstream_name) do
  # EC2: a line logstream_name=logs of its own in the user data.
  has_weight 10
  setcode do
    Facter.value(:ec2_userdata).to_s[/^logstream_name=([A-Za-z0-9_.-]{1,128})\s*$/, 1]
  end
end

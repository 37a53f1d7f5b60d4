# frozen_string_literal: true

require 'spec_helper'
require 'facter'

describe 'fact logstream_name' do
  def name(metadata, userdata)
    Facter.clear
    Facter.add(:ec2_metadata) { setcode { metadata } }
    Facter.add(:ec2_userdata) { setcode { userdata } }
    load File.join(MODULE, 'lib/facter/logstream_name.rb')
    Facter.value(:logstream_name)
  end

  after { Facter.clear }

  it { expect(name({ 'tags' => { 'instance' => { 'logstream_name' => "logs\n" } } }, 'logstream_name=other')).to eq('logs') }
  it { expect(name({ 'tags' => { 'instance' => { 'logstream_name' => '' } } }, "#!/bin/sh\nlogstream_name=logs\n")).to eq('logs') }
  it { expect(name({ 'ami-id' => 'x' }, "#!/bin/sh\nexport logstream_name=logs")).to be_nil }
  it { expect(name(nil, 'logstream_name=a stream')).to be_nil }
  it { expect(name(nil, nil)).to be_nil }
end

# frozen_string_literal: true

require 'spec_helper'
require 'puppet/type/logstream_log_driver'

describe Puppet::Type.type(:logstream_log_driver) do
  around do |example|
    Dir.mktmpdir do |folder|
      @folder = folder
      @path = File.join(folder, 'docker/daemon.json')
      example.run
    end
  end

  # Puppet's own, that rspec-puppet has set to nowhere.
  before do
    Puppet[:statefile] = File.join(@folder, 'state.yaml')
    Puppet[:transactionstorefile] = File.join(@folder, 'transactionstore.yaml')
  end

  def has(text)
    FileUtils.mkdir_p(File.dirname(@path))
    File.write(@path, text)
  end

  # Applies it as an agent does: whether it changed something, and whether it failed.
  def apply(**parameters)
    type = described_class.new(path: @path, **parameters)
    catalog = Puppet::Resource::Catalog.new
    catalog.add_resource(type)
    status = catalog.apply.report.resource_statuses.fetch(type.ref)
    { changed: status.changed ? true : false, failed: status.failed ? true : false }
  end

  let(:options) { { 'fluentd-address' => '127.0.0.1:24224' } }

  def json
    JSON.parse(File.read(@path))
  end

  it 'makes the file, once' do
    expect(apply(options: options)).to eq(changed: true, failed: false)
    expect(json).to eq('log-driver' => 'fluentd', 'log-opts' => options)
    expect(apply(options: options)).to eq(changed: false, failed: false)
  end

  it 'leaves what else is there, and takes away the options of another driver' do
    has('{"live-restore": true, "log-driver": "json-file", "log-opts": {"max-size": "10m"}}')
    apply(options: options)
    expect(json).to eq('live-restore' => true, 'log-driver' => 'fluentd', 'log-opts' => options)
  end

  it 'keeps the permissions of the file' do
    has('{}')
    File.chmod(0o600, @path)
    apply(options: options)
    expect(File.stat(@path).mode & 0o777).to eq(0o600)
  end

  it 'changes options' do
    has('{"log-driver": "fluentd", "log-opts": {"tag": "x"}, "debug": true}')
    apply(options: options)
    expect(json).to eq('log-driver' => 'fluentd', 'log-opts' => options, 'debug' => true)
  end

  it 'takes an empty file for no settings' do
    has("\n")
    apply(options: options)
    expect(json['log-driver']).to eq('fluentd')
  end

  ['{"log-driver": ', '["fluentd"]'].each do |broken|
    it "leaves #{broken} as it is" do
      has(broken)
      expect(apply(options: options)).to eq(changed: false, failed: true)
      expect(File.read(@path)).to eq(broken)
    end
  end

  it 'gives back the default, and leaves what else is there' do
    has('{"log-driver": "fluentd", "log-opts": {"tag": "x"}, "debug": true}')
    apply(ensure: :absent)
    expect(json).to eq('debug' => true)
  end

  it 'leaves no empty file behind' do
    has('{"log-driver": "fluentd", "log-opts": {"tag": "x"}}')
    apply(ensure: :absent)
    expect(File).not_to exist(@path)
  end

  it 'leaves another default' do
    has('{"log-driver": "journald"}')
    apply(ensure: :absent)
    expect(json).to eq('log-driver' => 'journald')
  end

  it { expect { apply(options: { 'a' => 1 }) }.to raise_error(Puppet::Error, /hash of texts/) }
  it { expect { described_class.new(path: 'daemon.json') }.to raise_error(Puppet::Error, /not an absolute path/) }
end

# frozen_string_literal: true

require 'spec_helper'

describe 'logstream::log_driver' do
  Systems.each do |system, facts, _|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }

      it 'sends to the agent, and lets containers start without it' do
        is_expected.to contain_logstream_log_driver('/etc/docker/daemon.json').with(
          ensure: 'present',
          options: { 'fluentd-address' => '127.0.0.1:24224', 'fluentd-async' => 'true', 'tag' => 'grid.{{.Name}}' }
        )
      end

      it { is_expected.not_to contain_exec('logstream: restart docker') }
    end
  end

  context 'with the agent' do
    let(:facts) { Systems.facts }
    let(:pre_condition) { 'include logstream' }

    it { is_expected.to contain_logstream_log_driver('/etc/docker/daemon.json').that_requires('Service[logstream]') }

    context 'when it goes' do
      let(:params) { { ensure: 'absent' } }

      it { is_expected.to contain_logstream_log_driver('/etc/docker/daemon.json').with_ensure('absent').that_comes_before('Service[logstream]') }
    end
  end

  context 'with restart_docker' do
    let(:facts) { Systems.facts }
    let(:params) { { restart_docker: true } }

    it do
      is_expected.to contain_exec('logstream: restart docker')
        .with_refreshonly(true).that_subscribes_to('Logstream_log_driver[/etc/docker/daemon.json]')
    end
  end

  [{ 'tag' => 1 }, { 'no option' => 'x' }].each do |wrong|
    context "with the options #{wrong}" do
      let(:facts) { Systems.facts }
      let(:params) { { options: wrong } }

      it { is_expected.to compile.and_raise_error(/options/) }
    end
  end
end

# frozen_string_literal: true

require 'spec_helper'

describe 'logstream' do
  CONFIG = '/etc/logstream/logstream.yml'
  UNIT = '/etc/systemd/system/logstream.service'

  # rspec-puppet shows what Sensitive hides.
  def given(type, title, parameter)
    catalogue.resource(type, title)[parameter]
  end

  def hidden(title)
    catalogue.resource('File', title).sensitive_parameters
  end

  Systems.each do |system, facts, package|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }

      it 'has the image, then the configuration, then the service' do
        is_expected.to contain_class('logstream::install').that_comes_before('Class[logstream::config]')
        is_expected.to contain_class('logstream::config').that_comes_before('Class[logstream::service]')
        is_expected.to contain_service('logstream').with_ensure('running').with_enable(true)
      end

      it 'leaves Docker alone' do
        is_expected.not_to contain_package(package)
        is_expected.not_to contain_service('docker.service')
      end

      context 'with manage_docker' do
        let(:params) { { manage_docker: true } }

        it { is_expected.to contain_package(package).that_comes_before('Service[docker.service]') }
        it { is_expected.to contain_service('docker.service').that_comes_before('Exec[logstream image]') }
      end

      context 'with ensure absent' do
        let(:params) { { ensure: 'absent' } }

        it { is_expected.to compile.with_all_deps }

        it 'stops it first, removes the image last, and leaves the buffer' do
          is_expected.to contain_service('logstream').with_ensure('stopped').with_enable(false).that_comes_before("File[#{UNIT}]")
          is_expected.to contain_class('logstream::service').that_comes_before('Class[logstream::config]')
          is_expected.to contain_class('logstream::config').that_comes_before('Class[logstream::install]')
          [UNIT, CONFIG, '/etc/logstream/environment'].each { |path| is_expected.to contain_file(path).with_ensure('absent') }
          is_expected.to contain_exec('logstream image').with_command('/usr/bin/docker image rm logstream:0.1.0')
          is_expected.not_to contain_file('/var/lib/logstream')
        end
      end
    end
  end

  context 'on Debian' do
    let(:facts) { Systems.facts }

    it 'writes this unit' do
      actual = given('File', UNIT, :content)
      expect(actual).to eq(Golden.file('logstream.service', actual))
    end

    it 'writes this configuration' do
      actual = given('File', CONFIG, :content)
      expect(actual).to eq(Golden.file('logstream.yml', actual))
    end

    it 'has the image check a configuration before it is there' do
      check = given('File', CONFIG, :validate_cmd)
      expect(check).to match(%r{\A/usr/bin/docker run --rm .*--network=none .*--volume=/etc/logstream:/etc/logstream:ro logstream:0.1.0 check %\z})
      expect(check).to include('--env-file=/etc/logstream/environment', '--read-only', '--cap-drop=ALL')
      is_expected.to contain_file(CONFIG).that_requires('File[/etc/logstream/environment]')
    end

    it 'has it checked again when anything else about the container changes' do
      expect(given('File', UNIT, :validate_cmd)).to eq(given('File', CONFIG, :validate_cmd).sub('%', CONFIG))
    end

    it 'shows what changed in it, for nothing in it is secret' do
      expect(hidden(CONFIG)).to be_empty
    end

    it 'loads a changed configuration by a signal' do
      is_expected.to contain_exec('logstream reload')
        .with_command('/usr/bin/docker kill -s HUP logstream').with_refreshonly(true)
        .with_onlyif('systemctl is-active --quiet logstream.service')
        .that_subscribes_to("File[#{CONFIG}]").that_comes_before('Service[logstream]')
    end

    it 'restarts for a changed unit only' do
      is_expected.to contain_service('logstream').that_subscribes_to("File[#{UNIT}]")
      ["File[#{CONFIG}]", 'Class[logstream::config]', 'Exec[logstream reload]'].each do |other|
        is_expected.not_to contain_service('logstream').that_subscribes_to(other)
      end
    end

    it 'gives each file to those who need it' do
      is_expected.to contain_file('/var/lib/logstream').with(ensure: 'directory', owner: 10_001, group: 10_001, mode: '0750')
      is_expected.to contain_file('/etc/logstream').with(ensure: 'directory', owner: 'root', group: 10_001, mode: '0750')
      is_expected.to contain_file(CONFIG).with(owner: 'root', group: 10_001, mode: '0640')
      is_expected.to contain_file('/etc/logstream/environment').with(owner: 'root', group: 'root', mode: '0600')
    end

    it 'pulls the image once' do
      is_expected.to contain_exec('logstream image')
        .with_command(%r{\A/usr/bin/docker pull --quiet logstream:0.1.0 && })
        .with_unless('/usr/bin/docker image inspect --format ok logstream:0.1.0')
    end

    context 'with an archive' do
      let(:params) { { image_archive: '/srv/logstream.tar' } }

      it { is_expected.to contain_exec('logstream image').with_command(%r{docker load --quiet --input /srv/logstream.tar && .* inspect }) }
    end

    context 'with a network of its own' do
      let(:params) { { network: 'mapped', address: '10.0.0.7', port: 24_300, monitor_port: 24_301 } }

      it 'maps both ports, and listens on all of the container' do
        expect(given('File', UNIT, :content)).to include("--publish=10.0.0.7:24300:24224 \\\n", "--publish=127.0.0.1:24301:24220 \\\n")
        expect(given('File', UNIT, :content)).not_to include('--network=host')
        expect(YAML.safe_load(given('File', CONFIG, :content)))
          .to include('forward' => { 'listen' => ['tcp://0.0.0.0:24224'] }, 'monitor' => { 'bind' => '0.0.0.0', 'port' => 24_220 })
      end
    end

    context 'with other ports of the host' do
      let(:params) { { port: 24_300, monitor_address: '10.0.0.7', monitor_port: 24_301 } }

      it 'listens there, and waits for it' do
        expect(given('File', UNIT, :content)).to include('>/dev/tcp/127.0.0.1/24300)')
        expect(YAML.safe_load(given('File', CONFIG, :content)))
          .to include('forward' => { 'listen' => ['tcp://127.0.0.1:24300'] }, 'monitor' => { 'bind' => '10.0.0.7', 'port' => 24_301 })
      end
    end

    context 'with limits' do
      let(:params) { { memory: '1g', cpus: 0.5, nofile: 1024, uid: 7, gid: 8, stop_timeout: 600, start_timeout: 5 } }

      it 'has them in the unit' do
        expect(given('File', UNIT, :content)).to include(
          '--memory=1g --memory-swap=1g --cpus=0.5 --ulimit=nofile=1024:1024', '--user=7:8',
          'TimeoutStopSec=615', 'TimeoutStartSec=5', 'stop -t 600 logstream'
        )
      end
    end

    context 'with other folders on the host' do
      let(:params) { { config_dir: '/srv/own', data_dir: '/mnt/log/logstream' } }

      it 'has them where the image expects them' do
        expect(given('File', UNIT, :content)).to include(
          '--env-file=/srv/own/environment', '--volume=/srv/own:/etc/logstream:ro ', '--volume=/mnt/log/logstream:/var/lib/logstream ',
          'run --config /etc/logstream/logstream.yml'
        )
        expect(given('File', UNIT, :validate_cmd))
          .to include('--volume=/srv/own:/etc/logstream:ro --volume=/srv/own:/srv/own:ro ').and end_with(' check /srv/own/logstream.yml')
        is_expected.to contain_file('/mnt/log/logstream').with_ensure('directory')
      end
    end

    context 'with volumes' do
      let(:params) { { volumes: ['/run/logstream:/run/logstream', '/etc/ssl/own:/own:ro'] } }

      it 'has them in the container and in the check' do
        [given('File', UNIT, :content), given('File', CONFIG, :validate_cmd)].each do |text|
          expect(text).to include('--volume=/run/logstream:/run/logstream ', '--volume=/etc/ssl/own:/own:ro ')
        end
      end
    end

    context 'with nothing to start before' do
      let(:params) { { starts_before: [] } }

      it { expect(given('File', UNIT, :content)).not_to include('Before=') }
    end

    context 'with an environment' do
      let(:params) { { environment: sensitive('AWS_PROFILE' => 'logs', 'KEY' => 'a secret = 7') } }

      it 'writes it where only root reads it, hidden from reports' do
        expect(hidden('/etc/logstream/environment')).to eq([:content])
        expect(given('File', '/etc/logstream/environment', :content)).to end_with("\nAWS_PROFILE=logs\nKEY=a secret = 7\n")
      end

      it 'makes another container for another one, without telling it' do
        expect(given('File', UNIT, :content)).not_to include('a secret')
        expect(given('File', UNIT, :content)).not_to eq(File.read(File.join(MODULE, 'spec/golden/logstream.service')))
      end
    end

    context 'with secret settings' do
      let(:params) { { settings: sensitive('forward' => { 'security' => { 'shared_key' => 'a secret' } }) } }

      it 'hides them from reports' do
        expect(hidden(CONFIG)).to eq([:content])
        expect(YAML.safe_load(given('File', CONFIG, :content))['forward'])
          .to eq('listen' => ['tcp://127.0.0.1:24224'], 'security' => { 'shared_key' => 'a secret' })
      end
    end

    context 'with settings that others imply' do
      let(:params) { { settings: { 'kinesis' => { 'stream' => 'other' }, 'forward' => { 'listen' => ['unix:///run/x'] } } } }

      it 'takes those given' do
        expect(YAML.safe_load(given('File', CONFIG, :content)))
          .to include('kinesis' => { 'stream' => 'other' }, 'forward' => { 'listen' => ['unix:///run/x'] })
      end
    end

    context 'with settings in two levels of Hiera' do
      let(:facts) { Systems.facts.merge('spec_hiera' => 'role') }

      it 'merges them, joins lists, and leaves to the agent what is taken back' do
        expect(YAML.safe_load(given('File', CONFIG, :content))).to include(
          'kinesis' => { 'region' => 'eu-west-1', 'stream' => 'logs' },
          'record' => { 'tags' => ['grid.**', 'app.**'], 'join_pieces' => false },
          'forward' => { 'max_connections' => 500 }
        )
        expect(given('File', '/etc/logstream/environment', :content)).to include("STAGE=test\n", "REGION=eu\n")
      end
    end

    context 'without a stream' do
      let(:facts) { Systems.facts.reject { |name, _| name == 'logstream_name' } }

      it { is_expected.to compile.and_raise_error(/no stream: set kinesis.stream/) }

      context 'that is to go' do
        let(:params) { { ensure: 'absent' } }

        it { is_expected.to compile.with_all_deps }
      end
    end

    {
      image: ['logstream', 'logstream:0.1.0; reboot', 'Logstream:1', ''],
      docker: ['docker', '/usr/bin/docker --debug'],
      settings: [{ 'kinesis' => 'logs' }, { 'Kinesis' => {} }, { 'kinesis' => { 'a b' => 1 } }],
      environment: [{ 'A B' => 'x' }, { 'A' => "two\nlines" }, { 'A' => 1 }],
      address: ['localhost', '127.0.0.256', '127.0.0.1.', '127.0.0'],
      port: [0, 65_536, '24224'],
      memory: %w[160 160MB 0m],
      cpus: [0, 0.05, '1'],
      nofile: [1023],
      network: %w[bridge none],
      volumes: [['/run'], ['/run:/run:rw,z'], ['/a b:/c']],
      starts_before: [['docker'], ['a b.service']],
      ensure: %w[running latest],
      uid: [0, 'logstream']
    }.each do |parameter, wrong|
      wrong.each do |value|
        context "with #{parameter} #{value.inspect}" do
          let(:params) { { parameter => value } }

          it { is_expected.to compile.and_raise_error(/#{parameter}/) }
        end
      end
    end

    %w[
      registry.example.com:5000/grid/logstream:0.1.0
      logstream@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      123456789012.dkr.ecr.eu-west-1.amazonaws.com/logstream:v1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    ].each do |name|
      context "with the image #{name}" do
        let(:params) { { image: name } }

        it { expect(given('File', UNIT, :content)).to include("\n    #{name} run --config /etc/logstream/logstream.yml\n") }
      end
    end
  end

  %w[install config service].each do |part|
    context "with logstream::#{part} alone" do
      let(:facts) { Systems.facts }
      let(:pre_condition) { "include logstream::#{part}" }

      it { is_expected.to compile.and_raise_error(/is private: include logstream/) }
    end
  end

  it 'has every default in data' do
    parameters = File.read(File.join(MODULE, 'manifests/init.pp'))[/^class logstream \((.*?)^\)/m, 1].scan(/\$([a-z_]+)(.*)$/)
    expect(parameters).not_to be_empty
    expect(parameters.map(&:last)).to all(eq(','))
    expect(YAML.load_file(File.join(MODULE, 'data/common.yaml')).keys).to include(*parameters.map { |name, _| "logstream::#{name}" })
  end
end

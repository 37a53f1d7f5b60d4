# frozen_string_literal: true

require 'spec_helper'

describe 'logstream::to_yaml' do
  # What YAML would take for something else stays a text.
  {
    'words' => 'yes', 'octal' => '0660', 'time' => '1:30', 'number' => '17', 'nothing' => 'null', 'pattern' => '**',
    'group' => ':group', 'blank' => '', 'long' => 'x ' * 200, 'lines' => "a\nb\n", 'percent' => '5%', 'umlaut' => 'grün', 'hash' => 'a #b'
  }.each do |name, text|
    it "keeps #{name}" do
      expect(YAML.safe_load(subject.execute('s' => { 'k' => text }))).to eq('s' => { 'k' => text })
    end
  end

  it 'keeps numbers, truth, lists and sections' do
    settings = { 's' => { 'a' => 17, 'b' => false, 'c' => [1, 'x', { 'y' => 'z' }], 'd' => { 'e' => 1.5 } } }
    expect(YAML.safe_load(subject.execute(settings))).to eq(settings)
  end

  it 'leaves out what is taken back, wherever it is' do
    is_expected.to run.with_params('s' => { 'a' => nil, 'b' => [{ 'c' => nil, 'd' => 1 }] }).and_return("s:\n  b:\n  - d: 1\n")
  end

  it { is_expected.to run.with_params({}).and_return("{}\n") }
end

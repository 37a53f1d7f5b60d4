# frozen_string_literal: true

require 'spec_helper'

describe 'logstream::configuration' do
  it 'fills in, and changes nothing that is set' do
    is_expected.to run
      .with_params({ 'a' => { 'x' => 1 }, 'b' => { 'y' => 2 } }, { 'a' => { 'x' => 7, 'z' => 8 }, 'c' => { 'w' => 9 } })
      .and_return('a' => { 'x' => 1, 'z' => 8 }, 'b' => { 'y' => 2 }, 'c' => { 'w' => 9 })
  end
end

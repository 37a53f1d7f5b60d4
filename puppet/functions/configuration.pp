# @summary Settings with what other parameters say filled in; what is set already stays.
#
# @param settings sections with their keys
# @param implied the same, for the keys that are not set
#
# @return sections with their keys
#
# @api private
function logstream::configuration(Logstream::Settings $settings, Logstream::Settings $implied) >> Logstream::Settings {
  $implied.reduce($settings) |$whole, $section| {
    $whole + { $section[0] => $section[1] + $whole.get($section[0], {}) }
  }
}

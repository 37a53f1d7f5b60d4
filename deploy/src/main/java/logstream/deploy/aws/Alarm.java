package logstream.deploy.aws;

/**
 * An alarm as CloudWatch has it.
 *
 * @param state {@code OK}, {@code ALARM} or {@code INSUFFICIENT_DATA}
 * @param reason why it is in this state
 */
public record Alarm(String name, String state, String reason) {
    public boolean ringing() {
        return state.equals("ALARM");
    }
}

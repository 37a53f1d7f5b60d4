package logstream;

import logstream.buffer.Buffer;
import logstream.ownlog.OwnLog;
import logstream.pipeline.Ingest;
import logstream.pipeline.Shipper;

/**
 * The settings that hold now, and the parts that take others over while they run. Each part takes its own by one write; the
 * rest of a newer configuration is the same as before, which who calls has seen to.
 *
 * <p>Threading: {@link #take} by one thread at a time, {@link #present} from any.
 */
final class LiveSettings {
    private final Buffer buffer;
    private final Ingest ingest;
    private final Shipper shipper;
    private final InstanceLookup instance;
    private volatile AgentConfig present;

    LiveSettings(AgentConfig config, Buffer buffer, Ingest ingest, Shipper shipper) {
        this.present = config;
        this.buffer = buffer;
        this.ingest = ingest;
        this.shipper = shipper;
        this.instance = InstanceLookup.ofThisHost(ingest::instance);
        lookUpInstance(config);
    }

    AgentConfig present() {
        return present;
    }

    /**
     * From now on these hold.
     *
     * @throws IllegalArgumentException with a sentence when they cannot be used: nothing has changed then
     */
    void take(AgentConfig newer) {
        // What may fail comes before what has an effect.
        Ingest.Form form = Ingest.form(newer.record());
        buffer.reload(newer.buffer());
        ingest.reload(form);
        shipper.reload(newer.kinesis(), newer.record().joinTimeout());
        OwnLog.take(newer.log());
        lookUpInstance(newer);
        present = newer;
    }

    private void lookUpInstance(AgentConfig config) {
        if (config.record().added().needsInstance()) {
            instance.want();
        }
    }

    /** Nothing more is looked up for them. */
    void stop() {
        instance.stop();
    }
}

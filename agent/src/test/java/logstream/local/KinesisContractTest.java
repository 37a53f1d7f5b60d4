package logstream.local;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract, held against our endpoint in both encodings. */
@ParameterizedClass
@EnumSource(names = {"LOCAL_CBOR", "LOCAL_JSON"})
class KinesisContractTest extends KinesisContract {
    KinesisContractTest(KinesisEngine engine) {
        super(engine);
    }
}

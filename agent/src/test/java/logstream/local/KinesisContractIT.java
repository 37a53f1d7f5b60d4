package logstream.local;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract, held against all engines: what ours does is what others do, but for {@link Difference}. */
@ParameterizedClass
@EnumSource
class KinesisContractIT extends KinesisContract {
    KinesisContractIT(KinesisEngine engine) {
        super(engine);
    }
}

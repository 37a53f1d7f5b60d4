package logstream.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class TagsTest {
    private final Tags tags = new Tags();
    private final Containers containers = new Containers(InstantSource.system(), tags);

    @Test
    void tagsAreBoundedAndTheRestIsOther() {
        for (int number = 0; number < 10_000; number++) {
            containers.of("c", "grid." + number).taken(2, 100, 0, 1);
            containers.of("c", "grid." + number).refused(1, 1);
        }
        assertThat(tags.all()).hasSize(Tags.MOST + 1);
        assertThat(tags.all().stream().mapToLong(one -> one.received.sum()).sum())
                .isEqualTo(30_000);
        assertThat(tags.all().getLast().tag()).isEqualTo(Tags.OTHER);
        assertThat(tags.all().getLast().received.sum()).isEqualTo(3L * (10_000 - Tags.MOST));
        assertThat(tags.all().getLast().dropped.sum()).isEqualTo(10_000 - Tags.MOST);
    }

    @Test
    void aContainerThatIsForgottenDoesNotTakeItsTagAlong() {
        containers.of("first", "grid.a").taken(5, 500, 0, 1);
        for (int number = 0; number < 2 * Containers.MOST; number++) {
            containers.of("c" + number, "grid.a").taken(1, 100, 0, 2);
        }
        assertThat(tags.of("grid.a").received.sum()).isEqualTo(5 + 2 * Containers.MOST);
    }

    @Test
    void aTagThatIsCalledOtherIsAmongTheOthers() {
        containers.of("c", Tags.OTHER).taken(1, 1, 0, 1);
        containers.of("d", "grid.a").taken(1, 1, 0, 1);
        assertThat(tags.all()).extracting(Tags.Counters::tag).containsExactly("grid.a", Tags.OTHER);
        assertThat(tags.all().getLast().received.sum()).isEqualTo(1);
    }

    @Test
    void droppedLaterIsReceivedOnce() {
        ContainerCounters web = containers.of("web", "grid.web");
        web.taken(3, 300, 0, 1);
        web.dropped(2, 1);
        assertThat(tags.of("grid.web").received.sum()).isEqualTo(3);
        assertThat(tags.of("grid.web").dropped.sum()).isEqualTo(2);
    }
}

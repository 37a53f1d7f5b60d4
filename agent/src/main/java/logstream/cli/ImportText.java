package logstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;

/** What an import did, for people. */
final class ImportText {
    private ImportText() {}

    static void print(ObjectNode done, boolean dryRun, Path folder, PrintWriter out) {
        for (JsonNode problem : done.path("problems")) {
            out.println(TerminalText.safe(problem.path("file").asText()) + " at "
                    + problem.path("from").asLong() + " to "
                    + problem.path("to").asLong() + ": "
                    + TerminalText.safe(problem.path("what").asText()));
        }
        long unfit = done.path("unfit").asLong();
        long damaged = done.path("damaged").asLong();
        long bad = done.path("files_bad").asLong();
        long files = done.path("files").asLong();
        long untold = unfit + damaged + bad - done.path("problems").size();
        if (untold > 0) {
            out.println("and " + Amounts.count(untold) + " more like these");
        }
        if (files + bad + done.path("files_waiting").asLong() == 0) {
            out.println("nothing to import: no file in " + folder
                    + " has the name of a chunk of fluentd, such as logstream.q5286f5a4b2c10.buffer");
            return;
        }
        out.println((dryRun ? "would be imported: " : "imported, under their keys: ")
                + Amounts.of(done.path("records").asLong(), "record") + " ("
                + Amounts.size(done.path("bytes").asLong()) + ") of " + Amounts.of(files, "file")
                + (dryRun || files == 0 ? "" : ", called NAME.imported now"));
        if (unfit + damaged + bad > 0) {
            out.println("left out: " + Amounts.of(unfit, "unfit record") + ", " + Amounts.of(damaged, "damaged place")
                    + " (" + Amounts.size(done.path("damaged_bytes").asLong()) + "), " + Amounts.of(bad, "whole file"));
        }
        long waiting = done.path("files_waiting").asLong();
        if (waiting > 0) {
            out.println(Amounts.of(waiting, "file") + " not yet imported");
        }
    }
}

package logstream.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import logstream.config.SettingType.WrongValueException;
import logstream.forward.Secret;

/**
 * The types of settings that hold secrets. A secret stands in the file itself, or in a file of its own that only the
 * agent can read, as Docker, Kubernetes and systemd give them.
 *
 * <p>Format: the text of the secret, or {@code file:/PATH}. In such a file, one line end after the secret is no part of it.
 *
 * <p>Threading: stateless.
 */
final class Secrets {
    private static final int MOST_BYTES = 1024;
    private static final int MOST_USERS = 1000;
    private static final String FILE = "file:";
    private static final String ALLOWED = "1 to " + MOST_BYTES + " bytes, or file:/PATH of a file that holds them";
    private static final String NONE = "none";

    private Secrets() {}

    /** A shared key or a password. */
    static TextType<Secret> secret() {
        return new SecretType();
    }

    /** The key of a network. */
    static TextType<NetworkKey> networkKey() {
        return new NetworkKeyType();
    }

    /** Users with their passwords. */
    static TextType<Map<String, Secret>> users() {
        return new UsersType();
    }

    /** With which key the senders of a network do their handshake. */
    sealed interface NetworkKey {
        /** With the one that holds for all, if there is one. */
        record Shared() implements NetworkKey {}

        /** With one of their own. */
        record Own(Secret key) implements NetworkKey {}

        /** Without: they know no handshake. */
        record None() implements NetworkKey {}
    }

    private record SecretType() implements TextType<Secret> {
        @Override
        public String allowed() {
            return ALLOWED;
        }

        @Override
        public Secret parse(List<String> texts) throws WrongValueException {
            return read(texts.getFirst());
        }

        @Override
        public String show(Secret value) {
            return value.toString();
        }

        @Override
        public List<String> secretFiles(List<String> texts) {
            return texts.stream().flatMap(text -> file(text).stream()).toList();
        }

        @Override
        public boolean isSecret() {
            return true;
        }
    }

    private record NetworkKeyType() implements TextType<NetworkKey> {
        @Override
        public String allowed() {
            return NONE + " (no handshake, as for Docker), or a key: " + ALLOWED;
        }

        @Override
        public NetworkKey parse(List<String> texts) throws WrongValueException {
            String text = texts.getFirst();
            return text.equalsIgnoreCase(NONE) ? new NetworkKey.None() : new NetworkKey.Own(read(text));
        }

        @Override
        public String show(NetworkKey value) {
            return switch (value) {
                case NetworkKey.Shared shared -> "";
                case NetworkKey.Own own -> own.key().toString();
                case NetworkKey.None none -> NONE;
            };
        }

        @Override
        public List<String> secretFiles(List<String> texts) {
            return texts.stream().flatMap(text -> file(text).stream()).toList();
        }

        @Override
        public String masked(NetworkKey value) {
            return value instanceof NetworkKey.Shared ? "that of all" : show(value);
        }

        @Override
        public boolean isSecret() {
            return true;
        }
    }

    private record UsersType() implements TextType<Map<String, Secret>> {
        @Override
        public String allowed() {
            return "up to " + MOST_USERS + " texts NAME:PASSWORD, such as ['web:file:/run/secrets/web']";
        }

        @Override
        public Map<String, Secret> parse(List<String> texts) throws WrongValueException {
            if (texts.size() > MOST_USERS) {
                throw new WrongValueException("That are " + texts.size() + " users");
            }
            Map<String, Secret> users = new HashMap<>();
            for (int at = 0; at < texts.size(); at++) {
                int colon = texts.get(at).indexOf(':');
                if (colon < 1) {
                    throw new WrongValueException("Text " + (at + 1) + " of the list has no name before a colon");
                }
                String name = texts.get(at).substring(0, colon);
                if (users.put(name, password(name, texts.get(at).substring(colon + 1))) != null) {
                    throw new WrongValueException("The user '" + name + "' is there twice");
                }
            }
            return Map.copyOf(users);
        }

        private static Secret password(String name, String text) throws WrongValueException {
            try {
                return read(text);
            } catch (WrongValueException wrong) {
                String hint = wrong.hint().isEmpty() ? "it is not " + ALLOWED : wrong.hint();
                throw new WrongValueException("Of the password of '" + name + "': " + hint);
            }
        }

        @Override
        public String show(Map<String, Secret> value) {
            return value.keySet().stream().sorted().toList().toString();
        }

        @Override
        public boolean takesList() {
            return true;
        }

        @Override
        public List<String> secretFiles(List<String> texts) {
            return texts.stream()
                    .flatMap(text -> file(text.substring(text.indexOf(':') + 1)).stream())
                    .toList();
        }

        @Override
        public String masked(Map<String, Secret> value) {
            return value.keySet().stream()
                    .sorted()
                    .map(name -> "'" + name + ":(secret)'")
                    .collect(Collectors.joining(", ", "[", "]"));
        }

        @Override
        public boolean isSecret() {
            return true;
        }
    }

    private static Optional<String> file(String text) {
        return text.startsWith(FILE) ? Optional.of(text.substring(FILE.length())) : Optional.empty();
    }

    private static Secret read(String text) throws WrongValueException {
        Optional<String> file = file(text);
        byte[] bytes = file.isPresent() ? content(file.get()) : text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) {
            throw new WrongValueException("An empty secret is none");
        }
        if (bytes.length > MOST_BYTES) {
            throw new WrongValueException("It is too long");
        }
        return Secret.of(bytes);
    }

    private static byte[] content(String path) throws WrongValueException {
        if (!path.startsWith("/")) {
            throw new WrongValueException("The path of the file is absolute: file:/run/secrets/forward_key");
        }
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 3);
            int end = bytes.length;
            end -= end > 0 && bytes[end - 1] == '\n' ? 1 : 0;
            end -= end > 0 && end < bytes.length && bytes[end - 1] == '\r' ? 1 : 0;
            return Arrays.copyOf(bytes, end);
        } catch (NoSuchFileException missing) {
            throw new WrongValueException(path + " does not exist");
        } catch (AccessDeniedException denied) {
            throw new WrongValueException(path + " may not be read by this user; check owner and permissions");
        } catch (IOException | InvalidPathException unreadable) {
            throw new WrongValueException(path + " cannot be read: " + unreadable.getMessage());
        }
    }
}

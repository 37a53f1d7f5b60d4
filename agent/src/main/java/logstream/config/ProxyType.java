package logstream.config;

import java.net.URI;
import java.util.List;

/** The URL of an HTTP proxy. It may hold a password: a wrong one is not shown. */
record ProxyType() implements TextType<URI> {
    @Override
    public String allowed() {
        return "http://HOST:PORT or https://HOST:PORT, perhaps with USER:PASSWORD@ before the host";
    }

    @Override
    public URI parse(List<String> texts) throws WrongValueException {
        URI url = Types.httpUrl(texts.getFirst());
        if (!url.getPath().isEmpty() && !url.getPath().equals("/")) {
            throw new WrongValueException("A proxy has no path");
        }
        return url;
    }

    @Override
    public String show(URI value) {
        return value.toString();
    }

    @Override
    public boolean isSecret() {
        return true;
    }
}

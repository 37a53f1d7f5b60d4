package logstream.config;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

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
    public String masked(URI value) {
        return value.getRawUserInfo() == null
                ? show(value)
                : show(value).replaceFirst(Pattern.quote(value.getRawUserInfo() + "@"), "(secret)@");
    }

    @Override
    public boolean isSecret() {
        return true;
    }
}

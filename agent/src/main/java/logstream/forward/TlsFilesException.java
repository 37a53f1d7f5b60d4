package logstream.forward;

/** The files of certificate and key are of no use: what is wrong, with the file, and what to do. */
public final class TlsFilesException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsFilesException(String message) {
        super(message);
    }

    TlsFilesException(String message, Throwable cause) {
        super(message, cause);
    }
}

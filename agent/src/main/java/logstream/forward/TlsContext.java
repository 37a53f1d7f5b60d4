package logstream.forward;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * The agent's side of TLS for servers that want a context of Java: each connection gets certificate and key as the files
 * have them, see {@link TlsIdentity}.
 *
 * <p>Threading: any thread.
 */
public final class TlsContext extends SSLContext {
    private TlsContext(TlsIdentity identity, Provider provider) {
        super(new Engines(identity), provider, "TLS");
    }

    /**
     * A context that lasts as long as its server.
     *
     * @throws TlsFilesException when the files are of no use now
     */
    public static TlsContext of(TlsConfig config, LongSupplier nanoTime) throws TlsFilesException {
        Provider provider = Security.getProviders("SSLContext.TLS")[0];
        return new TlsContext(new TlsIdentity(config, nanoTime), provider);
    }

    /** Engines are all that is asked for. */
    private static final class Engines extends SSLContextSpi {
        private final TlsIdentity identity;

        Engines(TlsIdentity identity) {
            this.identity = identity;
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return identity.engine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return identity.engine();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return identity.engine().getSSLParameters();
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return engineGetDefaultSSLParameters();
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("it has its keys");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            throw new UnsupportedOperationException("engines only");
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw new UnsupportedOperationException("engines only");
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw new UnsupportedOperationException("engines only");
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw new UnsupportedOperationException("engines only");
        }
    }
}

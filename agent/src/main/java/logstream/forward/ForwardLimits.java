package logstream.forward;

import java.time.Duration;

/** What one sender, and all of them together, can make the agent hold. */
final class ForwardLimits {
    /** Bytes read and decoded in one turn; one socket read on Linux takes at most 128 KiB. Our choice. */
    static final int WINDOW_BYTES = 64 * 1024;

    /** Windows of all connections together: 2 MiB. Our choice: many more than cores, few against the heap. */
    static final int WINDOWS = 32;

    /** Buffers for events larger than a window, each {@code maxEventBytes} long. Our choice. */
    static final int LARGE_BUFFERS = 4;

    /** Decompressors of all connections together: 40 KiB of native memory and a window each. Our choice. */
    static final int GZIP_DECOMPRESSORS = 4;

    /** The same for zstd: up to 8.3 MiB of native memory and a window each. Our choice. */
    static final int ZSTD_DECOMPRESSORS = 2;

    /** Buffers for decompressed events larger than a window, each {@code maxEventBytes} long. Our choice. */
    static final int EVENT_BUFFERS = 2;

    /** Compressed bytes that are decompressed at a time: few enough to wait for, many enough for a native call. */
    static final int COMPRESSED_BLOCK_BYTES = 8 * 1024;

    /** Buffers in which JSON becomes msgpack, each {@code maxEventBytes} long. Our choice. */
    static final int CONVERSION_BUFFERS = 2;

    /** What an idle connection reads into before it asks for a window. Our choice. */
    static final int FIRST_READ_BYTES = 64;

    /** Longest tag; Kubernetes' longest, a file name of at most 255 bytes after a path, is about half of it. */
    static final int TAG_BYTES = 1024;

    /** Longest ack token as msgpack; fluentd's are 27 bytes, Docker's 26. */
    static final int ACK_TOKEN_BYTES = 1024;

    /** Latest time that an event may carry, in Unix seconds: the end of the year 9999, the last that ISO-8601 writes. */
    static final long LATEST_SECONDS = 253_402_300_799L;

    /** What a connection that is awake owes without being counted; 2,000 connections: 2 MiB. */
    static final int UNCOUNTED_BYTES = 1024;

    /** Largest message of a sender that has proved nothing yet: a PING has about 400 bytes besides names and salt. */
    static final int PING_BYTES = 4096;

    /** How long a refused sender is still read, so that closing does not destroy what it was told. Our choice. */
    static final Duration REFUSAL_LINGER = Duration.ofSeconds(2);

    /** What a connection costs while it is awake, besides the bytes it keeps: its thread and what decodes. Measured: 7 to 10 KiB. */
    static final int AWAKE_BYTES = 8 * 1024;

    /** How many connections may be awake besides those that wait inside a message: 8 MiB. Our choice. */
    static final int AWAKE_ROOM = 1024;

    /** How many of these may wait on their threads for as long as it takes. Our choice. */
    static final int STAYING = 512;

    /**
     * A peer that was waited for no longer than this is taken to go on like that: its connection stays. Our choice. Waiting
     * for only so long costs 9 us more than waiting for ever, measured with 20,000 waits a second: a third of all.
     */
    static final Duration BRISK = Duration.ofMillis(200);

    /**
     * A peer that was waited for no longer than this is left alone for about as long, so that its messages are read many at a
     * time: being woken for each costs eight times what a message costs otherwise. Measured with 20,000 a second from 8
     * peers. Our choice: not felt beside {@code buffer.sync_interval} and {@code kinesis.linger}.
     */
    static final Duration GATHER = Duration.ofMillis(10);

    /** A peer that sends more in that time is read at once: its socket has no room for more. Our choice. */
    static final int GATHERED_BYTES = 32 * 1024;

    /** How long a connection that does not stay is awake when its peer has nothing to say. Our choice. */
    static final Duration IDLE_PATIENCE = Duration.ofSeconds(1);

    /** The same while many are awake. Our choice: longer than most pauses of a busy sender. */
    static final Duration CROWDED_PATIENCE = Duration.ofMillis(10);

    /** How often it is looked for senders that stopped inside a message or a handshake. */
    static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);

    /** How long a silent peer may keep a large buffer that another connection wants. Our choice. */
    static final Duration LARGE_BUFFER_PATIENCE = Duration.ofSeconds(10);

    /** TLS handshakes under way at once: some 3 MiB. Our choice: many more than cores. */
    static final int TLS_HANDSHAKES = 64;

    /** Buffers in which TLS is computed, kept for that long only. Our choice. */
    static final int TLS_BUFFERS = 8;

    /** TLS sessions that are remembered, so that senders that come back need no whole handshake. Our choice. */
    static final int TLS_SESSIONS = 100;

    /** How often it is looked whether certificate and key have changed, at most. Our choice. */
    static final Duration TLS_FILES_INTERVAL = Duration.ofSeconds(2);

    /** Connections that the kernel completes before they are accepted; it lowers this to net.core.somaxconn. */
    static final int BACKLOG = 4096;

    /** Pause after a failed accept, for instance while no file descriptor is free. */
    static final Duration ACCEPT_RETRY = Duration.ofMillis(100);

    /** A log line about senders' faults is written at most once in this time for each kind of fault. */
    static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    private ForwardLimits() {}
}

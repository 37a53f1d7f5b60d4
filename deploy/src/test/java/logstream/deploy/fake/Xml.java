package logstream.deploy.fake;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Answers of AWS' Query protocol: maps become elements, lists their members. */
final class Xml {
    private static final String NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

    private Xml() {}

    static String answer(String action, Map<String, ?> result) {
        return "<" + action + "Response xmlns=\"" + NAMESPACE + "\"><" + action + "Result>" + element(result) + "</"
                + action + "Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></" + action
                + "Response>";
    }

    static String error(String code, String message) {
        return "<ErrorResponse xmlns=\"" + NAMESPACE + "\"><Error><Type>Sender</Type><Code>" + code + "</Code><Message>"
                + escape(message) + "</Message></Error><RequestId>r-1</RequestId></ErrorResponse>";
    }

    private static String element(Object value) {
        return switch (value) {
            case Map<?, ?> members ->
                members.entrySet().stream()
                        .map(one -> "<" + one.getKey() + ">" + element(one.getValue()) + "</" + one.getKey() + ">")
                        .collect(Collectors.joining());
            case List<?> items ->
                items.stream()
                        .map(one -> "<member>" + element(one) + "</member>")
                        .collect(Collectors.joining());
            default -> escape(value.toString());
        };
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}

using System.Text;
using Lockkeeper.Kernel.Config.Shape;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

/// <summary>Writes docs/reference/config.md from the declaration of the keys.</summary>
internal static class ConfigReferencePage
{
    public static string Text()
    {
        var page = new StringBuilder();
        page.Append(
            """
            # lockkeeper.yaml

            <!-- Made from ConfigShape by ConfigReferenceTests: change the declaration, then run the test with LK_UPDATE_GOLDEN=1. -->

            Lockkeeper reads `lockkeeper.yaml` (or `lockkeeper.yml`) of the current folder or of the nearest one above it; `--config FILE` names another.
            `lk init` writes one with comments. Paths in it start at its folder.

            The file is UTF-8 and has at most 1 MB. Unknown keys, wrong values and names that are declared nowhere are refused before anything starts, all of
            them at once, each with file, line, column and what would be right. Anchors (`&name`) and aliases (`*name`) work; merge keys (`<<`) do not.

            For completion and checks in an editor with the YAML language server, run `lk schema --output lockkeeper.schema.json` and put this line at the
            top of `lockkeeper.yaml`:

            ```yaml
            # yaml-language-server: $schema=lockkeeper.schema.json
            ```

            ## Example

            ```yaml

            """);
        page.Append(Sample.Full).Append("\n```\n");
        foreach (var record in ConfigShape.Records)
            Add(page, ConfigShape.Root, record);
        page.Append(
            $$"""

            ## Values

            - **Names** of databases, environments and groups: {{Lower(Names.Hint)}}
            - **Durations**: a number and a unit, `500ms`, `30s`, `1.5m`, `2h`, `1d`.
            - **Secrets** in targets: `${env:NAME}` is an environment variable, `${file:PATH}` the text of a file, `${exec:COMMAND}` what a command writes to
              standard output within 30 seconds. They may be a part of the text, as in `postgres://app:${env:PASSWORD}@db/shop`; `$${` stands for a literal
              `${`. They are read when they are needed, and never printed, logged or stored. A password that stands in the file itself is a warning.

            """);
        return page.ToString();
    }

    /// <summary>The table of a record's keys.</summary>
    public static void Add(StringBuilder page, IRecordShape root, IRecordShape record)
    {
        var place = Places(root, "").First(found => found.Record == record).Place;
        page.Append($"\n## {(place.Length == 0 ? "The file" : char.ToUpperInvariant(record.Noun[0]) + record.Noun[1..])}\n\n");
        if (place.Length > 0)
            page.Append($"`{place}`\n\n");
        page.Append("| key | value | default | |\n|---|---|---|---|\n");
        foreach (var key in record.Keys)
        {
            var standard = key.Required ? "required" : key.Default is { } text ? $"`{text}`" : "";
            page.Append($"| `{key.Name}` | {Cell(key.Shape.Words)} | {standard} | {Cell(key.Help)} Example: `{Cell(key.Example)}` |\n");
        }
    }

    /// <summary>Where each record stands: <c>environments[].gates[]</c>.</summary>
    private static IEnumerable<(IRecordShape Record, string Place)> Places(IRecordShape record, string place)
    {
        yield return (record, place);
        foreach (var key in record.Keys)
        {
            var inner = place.Length == 0 ? key.Name : $"{place}.{key.Name}";
            IShape? shape = key.Shape;
            while (shape is not null and not IRecordShape)
            {
                inner += shape.Words.StartsWith("a map of", StringComparison.Ordinal) ? ".NAME" : shape.Words.Contains("a list of", StringComparison.Ordinal) ? "[]" : "";
                shape = shape.Item;
            }

            foreach (var found in shape is IRecordShape child ? Places(child, inner) : [])
                yield return found;
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}

using System.Globalization;
using System.Xml.Linq;

namespace Lockkeeper.Backup.Rds;

/// <summary>Reads what the service says of a snapshot, an instance or an Aurora cluster.</summary>
internal static class ServiceElements
{
    public static string? Text(this XElement xml, string name) => xml.Element(name) is { HasElements: false, Value: { Length: > 0 } value } ? value : null;

    public static DateTimeOffset? Time(this XElement xml, string name) => ToTime(xml.Text(name));

    public static DateTimeOffset? ToTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    public static string Status(this XElement xml) => xml.Text("DBInstanceStatus") ?? xml.Text("Status") ?? "";

    public static string? Tag(this XElement xml, string key) => (xml.Element("TagList")?.Elements() ?? []).FirstOrDefault(tag => tag.Text("Key") == key)?.Text("Value");
}

using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of <c>window</c>.</summary>
internal static class WindowShape
{
    private static readonly Key<IReadOnlyList<DayOfWeek>> Days = new(
        "days", new DaysShape(), "The days on which it opens: a range (mon-thu), names with commas (mon,wed,fri) or a list; without it, every day.")
    {
        Example = "mon-thu",
    };

    private static readonly Key<TimeSpan> From = new("from", Values.TimeOfDay(orEnd: false), "The time of the day at which it opens.") { Default = "00:00", Example = "\"09:00\"" };

    private static readonly Key<TimeSpan> To = new(
        "to", Values.TimeOfDay(orEnd: true), "The time of the day at which it closes; when it is before 'from', the window goes past midnight into the next day.")
    {
        Default = "24:00", Example = "\"16:00\"",
    };

    private static readonly Key<string> Zone = new("zone", ZoneName, "The time zone of 'from' and 'to', by its IANA name.") { Default = "UTC", Example = "Europe/Berlin" };

    public static RecordShape<WindowConfig> Shape { get; } = new(
        "a window", [Days, From, To, Zone],
        fields => new WindowConfig
        {
            Days = fields.GetOrNull(Days) ?? [],
            From = TimeOnly.FromTimeSpan(fields.Get(From)),
            To = fields.Get(To) is { Days: 0 } time ? TimeOnly.FromTimeSpan(time) : null,
            Zone = fields.Get(Zone),
        })
    {
        Check = window => window.To == window.From
            ? new Mistake("the window is never open: 'from' and 'to' are the same", "For the whole day take both out.")
            : null,
    };

    public static ScalarShape<string> ZoneName => new(
        "an IANA time zone", "Write a name such as Europe/Berlin or UTC.",
        (YamlScalar scalar, string label, out string value) =>
        {
            value = scalar.Text;
            return value == "UTC" || TimeZoneInfo.TryFindSystemTimeZoneById(value, out _) ? null : UnknownZone(scalar);
        },
        """{ "type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_+/-]*$" }""");

    private static Mistake UnknownZone(YamlScalar scalar)
    {
        var zones = TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).ToList();
        var hint = zones.Count <= 1 ? "This machine has no time zone data: install the package tzdata, or use UTC."
            : NearestName.Of(scalar.Text, zones) is { } near ? $"Did you mean '{near}'?"
            : null;
        return new Mistake($"the time zone '{scalar.Shown}' does not exist", hint);
    }
}

using System.Text;
using System.Text.Json;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Schedules;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Api;

/// <summary>Schedules over HTTP.</summary>
internal static class ScheduleApi
{
    /// <summary>Each with its last and its next run.</summary>
    public static async Task ListAsync(HttpContext context, ServerParts parts)
    {
        Guard.CallerOf(context).Require(Role.Viewer);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("schedules");
            foreach (var one in ScheduleList.Of(parts))
                Write(json, one);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        await Answers.JsonAsync(context, parts.Redactor.Redact(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length)));
    }

    private static void Write(Utf8JsonWriter json, ScheduleState one)
    {
        json.WriteStartObject();
        json.WriteString("name", one.Schedule.Name);
        json.WriteString("verb", one.Schedule.Verb);
        json.WriteStartObject("values");
        foreach (var (name, value) in one.Schedule.Values)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteString("cron", one.Schedule.Cron);
        json.WriteString("zone", one.Schedule.Zone);
        json.WriteString("declared_in", one.Schedule.File);
        Time(json, "next", one.Next);
        Time(json, "last", one.Mark?.Due);
        json.WriteString("note", one.Mark?.Note);
        json.WriteString("job", one.Mark?.Job);
        json.WriteString("job_state", one.Last?.State.ToString().ToLowerInvariant());
        if (one.Last?.Exit is { } exit)
            json.WriteNumber("exit", exit);
        json.WriteString("problem", one.Problem?.Message);
        json.WriteEndObject();
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            json.WriteString(name, known.ToUniversalTime());
        else
            json.WriteNull(name);
    }
}

namespace Lockkeeper.Migrate.Series;

/// <summary>The version that a new migration gets.</summary>
internal static class NextVersion
{
    private const int TimestampDigits = 14;
    private const string Timestamp = "yyyyMMddHHmmss";

    /// <summary>The version after the newest one, in the numbering that the folder has: counted, or by time.</summary>
    public static string Of(MigrationSeries series, DateTimeOffset now)
    {
        var newest = series.Migrations.Where(migration => migration.Version is not null).MaxBy(migration => migration.Version)?.Version!.Text;
        if (newest is null)
        {
            return series.Format switch
            {
                "flyway" or "evolve" => "1",
                "dbmate" or "diesel" or "sqlx" or "supabase" => now.ToString(Timestamp),
                _ => "0001",
            };
        }

        return newest.Length == TimestampDigits ? now.ToString(Timestamp) : After(newest);
    }

    /// <summary>The version after another new one.</summary>
    public static string After(string version)
    {
        if (version.Length == TimestampDigits && DateTimeOffset.TryParseExact(version, Timestamp, null, System.Globalization.DateTimeStyles.AssumeUniversal, out var time))
            return time.AddSeconds(1).ToUniversalTime().ToString(Timestamp);
        var number = version.Split('.', '_')[0];
        return (decimal.Parse(number) + 1).ToString().PadLeft(number.Length, '0');
    }
}

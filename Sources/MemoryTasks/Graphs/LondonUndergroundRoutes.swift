// The London Underground of 2024 by hand from public facts: which stations follow each other on
// each line.

/// A line, or a branch of one, as the list of its stations from one end to the other. Branches have
/// names of their own, so that a line and a direction lead from a station to one other station
/// only.
struct UndergroundRoute: Sendable {
  /// The line, with the branch in parentheses.
  let line: String
  /// The direction of the list, and the one back; nil where trains run one way.
  let directions: (there: String, back: String?)
  let stations: [String]

  init(_ line: String, _ there: String, _ back: String?, _ stations: String) {
    self.line = line
    directions = (there, back)
    self.stations = stations.split(whereSeparator: { $0 == "\n" || $0 == "," })
      .map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
  }
}

extension LondonUnderground {
  /// All lines. One name stands for the two stations at Bank and Monument, at Hammersmith and at
  /// Paddington each, between which one changes on foot; the Piccadilly line is that of the
  /// daytime, without a stop at Turnham Green.
  static let routes = [
    UndergroundRoute(
      "Bakerloo", "northbound", "southbound",
      """
      Elephant & Castle, Lambeth North, Waterloo, Embankment, Charing Cross, Piccadilly Circus,
      Oxford Circus, Regent's Park, Baker Street, Marylebone, Edgware Road (Bakerloo), Paddington,
      Warwick Avenue, Maida Vale, Kilburn Park, Queen's Park, Kensal Green, Willesden Junction,
      Harlesden, Stonebridge Park, Wembley Central, North Wembley, South Kenton, Kenton,
      Harrow & Wealdstone
      """),
    UndergroundRoute(
      "Central", "eastbound", "westbound",
      """
      Ealing Broadway, West Acton, North Acton, East Acton, White City, Shepherd's Bush,
      Holland Park, Notting Hill Gate, Queensway, Lancaster Gate, Marble Arch, Bond Street,
      Oxford Circus, Tottenham Court Road, Holborn, Chancery Lane, St. Paul's, Bank & Monument,
      Liverpool Street, Bethnal Green, Mile End, Stratford, Leyton, Leytonstone, Snaresbrook,
      South Woodford, Woodford, Buckhurst Hill, Loughton, Debden, Theydon Bois, Epping
      """),
    UndergroundRoute(
      "Central (West Ruislip)", "eastbound", "westbound",
      """
      West Ruislip, Ruislip Gardens, South Ruislip, Northolt, Greenford, Perivale, Hanger Lane,
      North Acton
      """),
    UndergroundRoute(
      "Central (Hainault)", "eastbound", "westbound",
      """
      Leytonstone, Wanstead, Redbridge, Gants Hill, Newbury Park, Barkingside, Fairlop, Hainault,
      Grange Hill, Chigwell, Roding Valley, Woodford
      """),
    UndergroundRoute(
      "Circle", "clockwise", "anticlockwise",
      """
      Paddington, Edgware Road (Circle), Baker Street, Great Portland Street, Euston Square,
      King's Cross St. Pancras, Farringdon, Barbican, Moorgate, Liverpool Street, Aldgate,
      Tower Hill, Bank & Monument, Cannon Street, Mansion House, Blackfriars, Temple, Embankment,
      Westminster, St. James's Park, Victoria, Sloane Square, South Kensington, Gloucester Road,
      High Street Kensington, Notting Hill Gate, Bayswater, Paddington
      """),
    UndergroundRoute(
      "Circle (Hammersmith)", "eastbound", "westbound",
      """
      Hammersmith, Goldhawk Road, Shepherd's Bush Market, Wood Lane, Latimer Road, Ladbroke Grove,
      Westbourne Park, Royal Oak, Paddington
      """),
    UndergroundRoute(
      "District", "eastbound", "westbound",
      """
      Ealing Broadway, Ealing Common, Acton Town, Chiswick Park, Turnham Green, Stamford Brook,
      Ravenscourt Park, Hammersmith, Barons Court, West Kensington, Earl's Court, Gloucester Road,
      South Kensington, Sloane Square, Victoria, St. James's Park, Westminster, Embankment, Temple,
      Blackfriars, Mansion House, Cannon Street, Bank & Monument, Tower Hill, Aldgate East,
      Whitechapel, Stepney Green, Mile End, Bow Road, Bromley-by-Bow, West Ham, Plaistow,
      Upton Park, East Ham, Barking, Upney, Becontree, Dagenham Heathway, Dagenham East, Elm Park,
      Hornchurch, Upminster Bridge, Upminster
      """),
    UndergroundRoute(
      "District (Richmond)", "eastbound", "westbound",
      "Richmond, Kew Gardens, Gunnersbury, Turnham Green"),
    UndergroundRoute(
      "District (Wimbledon)", "northbound", "southbound",
      """
      Wimbledon, Wimbledon Park, Southfields, East Putney, Putney Bridge, Parsons Green,
      Fulham Broadway, West Brompton, Earl's Court
      """),
    UndergroundRoute(
      "District (Edgware Road)", "northbound", "southbound",
      """
      Earl's Court, High Street Kensington, Notting Hill Gate, Bayswater, Paddington,
      Edgware Road (Circle)
      """),
    UndergroundRoute(
      "District (Olympia)", "northbound", "southbound", "Earl's Court, Kensington (Olympia)"),
    UndergroundRoute(
      "Hammersmith & City", "eastbound", "westbound",
      """
      Hammersmith, Goldhawk Road, Shepherd's Bush Market, Wood Lane, Latimer Road, Ladbroke Grove,
      Westbourne Park, Royal Oak, Paddington, Edgware Road (Circle), Baker Street,
      Great Portland Street, Euston Square, King's Cross St. Pancras, Farringdon, Barbican,
      Moorgate, Liverpool Street, Aldgate East, Whitechapel, Stepney Green, Mile End, Bow Road,
      Bromley-by-Bow, West Ham, Plaistow, Upton Park, East Ham, Barking
      """),
    UndergroundRoute(
      "Jubilee", "eastbound", "westbound",
      """
      Stanmore, Canons Park, Queensbury, Kingsbury, Wembley Park, Neasden, Dollis Hill,
      Willesden Green, Kilburn, West Hampstead, Finchley Road, Swiss Cottage, St. John's Wood,
      Baker Street, Bond Street, Green Park, Westminster, Waterloo, Southwark, London Bridge,
      Bermondsey, Canada Water, Canary Wharf, North Greenwich, Canning Town, West Ham, Stratford
      """),
    UndergroundRoute(
      "Metropolitan", "northbound", "southbound",
      """
      Aldgate, Liverpool Street, Moorgate, Barbican, Farringdon, King's Cross St. Pancras,
      Euston Square, Great Portland Street, Baker Street, Finchley Road, Wembley Park,
      Preston Road, Northwick Park, Harrow-on-the-Hill, North Harrow, Pinner, Northwood Hills,
      Northwood, Moor Park, Rickmansworth, Chorleywood, Chalfont & Latimer, Amersham
      """),
    UndergroundRoute(
      "Metropolitan (Watford)", "northbound", "southbound", "Moor Park, Croxley, Watford"),
    UndergroundRoute(
      "Metropolitan (Chesham)", "northbound", "southbound", "Chalfont & Latimer, Chesham"),
    UndergroundRoute(
      "Metropolitan (Uxbridge)", "northbound", "southbound",
      """
      Harrow-on-the-Hill, West Harrow, Rayners Lane, Eastcote, Ruislip Manor, Ruislip, Ickenham,
      Hillingdon, Uxbridge
      """),
    UndergroundRoute(
      "Northern (Edgware)", "northbound", "southbound",
      """
      Camden Town, Chalk Farm, Belsize Park, Hampstead, Golders Green, Brent Cross, Hendon Central,
      Colindale, Burnt Oak, Edgware
      """),
    UndergroundRoute(
      "Northern (High Barnet)", "northbound", "southbound",
      """
      Camden Town, Kentish Town, Tufnell Park, Archway, Highgate, East Finchley, Finchley Central,
      West Finchley, Woodside Park, Totteridge & Whetstone, High Barnet
      """),
    UndergroundRoute(
      "Northern (Mill Hill East)", "northbound", "southbound", "Finchley Central, Mill Hill East"),
    UndergroundRoute(
      "Northern (Charing Cross)", "northbound", "southbound",
      """
      Kennington, Waterloo, Embankment, Charing Cross, Leicester Square, Tottenham Court Road,
      Goodge Street, Warren Street, Euston, Mornington Crescent, Camden Town
      """),
    UndergroundRoute(
      "Northern (Bank)", "northbound", "southbound",
      """
      Kennington, Elephant & Castle, Borough, London Bridge, Bank & Monument, Moorgate, Old Street,
      Angel, King's Cross St. Pancras, Euston, Camden Town
      """),
    UndergroundRoute(
      "Northern (Battersea)", "northbound", "southbound",
      "Battersea Power Station, Nine Elms, Kennington"),
    UndergroundRoute(
      "Northern (Morden)", "northbound", "southbound",
      """
      Morden, South Wimbledon, Colliers Wood, Tooting Broadway, Tooting Bec, Balham, Clapham South,
      Clapham Common, Clapham North, Stockwell, Oval, Kennington
      """),
    UndergroundRoute(
      "Piccadilly", "eastbound", "westbound",
      """
      Heathrow Terminal 5, Heathrow Terminals 2 & 3, Hatton Cross, Hounslow West, Hounslow Central,
      Hounslow East, Osterley, Boston Manor, Northfields, South Ealing, Acton Town, Hammersmith,
      Barons Court, Earl's Court, Gloucester Road, South Kensington, Knightsbridge,
      Hyde Park Corner, Green Park, Piccadilly Circus, Leicester Square, Covent Garden, Holborn,
      Russell Square, King's Cross St. Pancras, Caledonian Road, Holloway Road, Arsenal,
      Finsbury Park, Manor House, Turnpike Lane, Wood Green, Bounds Green, Arnos Grove, Southgate,
      Oakwood, Cockfosters
      """),
    UndergroundRoute(
      "Piccadilly (Terminal 4)", "loop", nil,
      "Hatton Cross, Heathrow Terminal 4, Heathrow Terminals 2 & 3"),
    UndergroundRoute(
      "Piccadilly (Uxbridge)", "eastbound", "westbound",
      """
      Uxbridge, Hillingdon, Ickenham, Ruislip, Ruislip Manor, Eastcote, Rayners Lane, South Harrow,
      Sudbury Hill, Sudbury Town, Alperton, Park Royal, North Ealing, Ealing Common, Acton Town
      """),
    UndergroundRoute(
      "Victoria", "northbound", "southbound",
      """
      Brixton, Stockwell, Vauxhall, Pimlico, Victoria, Green Park, Oxford Circus, Warren Street,
      Euston, King's Cross St. Pancras, Highbury & Islington, Finsbury Park, Seven Sisters,
      Tottenham Hale, Blackhorse Road, Walthamstow Central
      """),
    UndergroundRoute("Waterloo & City", "eastbound", "westbound", "Waterloo, Bank & Monument"),
  ]

  /// The stations in fare zone 1, those on its border included.
  static let zone1Names = UndergroundRoute(
    "", "", nil,
    """
    Aldgate, Aldgate East, Angel, Baker Street, Bank & Monument, Barbican,
    Battersea Power Station, Bayswater, Blackfriars, Bond Street, Borough, Cannon Street,
    Chancery Lane, Charing Cross, Covent Garden, Earl's Court, Edgware Road (Bakerloo),
    Edgware Road (Circle), Elephant & Castle, Embankment, Euston, Euston Square, Farringdon,
    Gloucester Road, Goodge Street, Great Portland Street, Green Park, High Street Kensington,
    Holborn, Hyde Park Corner, Kennington, King's Cross St. Pancras, Knightsbridge, Lambeth North,
    Lancaster Gate, Leicester Square, Liverpool Street, London Bridge, Mansion House, Marble Arch,
    Marylebone, Moorgate, Nine Elms, Notting Hill Gate, Old Street, Oxford Circus, Paddington,
    Piccadilly Circus, Pimlico, Queensway, Regent's Park, Russell Square, St. James's Park,
    St. Paul's, Sloane Square, South Kensington, Southwark, Temple, Tottenham Court Road,
    Tower Hill, Vauxhall, Victoria, Warren Street, Waterloo, Westminster
    """
  ).stations
}
